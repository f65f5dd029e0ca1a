/** Made-up stand-ins for what an export tells of people: the same for the same, so that everything that is equal stays equal. */
export type Pseudonyms = {
  readonly address: (address: string) => string;
  readonly name: (name: string) => string;
  readonly text: (hash: string) => string;
  /** Free text with the numbers and mail addresses in it replaced. */
  readonly free: (text: string) => string;
};

const phone = /\+?\d[\d ().-]{5,}\d/gu;
export const mail = /[\w.+-]+@[\w.-]+\w/gu;

export function createPseudonyms(): Pseudonyms {
  const addresses = new Map<string, string>();
  const names = new Map<string, string>();
  const texts = new Map<string, string>();
  const numbered = (known: Map<string, string>, key: string, make: (place: number) => string): string => {
    const there = known.get(key) ?? make(known.size + 1);
    known.set(key, there);
    return there;
  };

  /** The same digits become the same ones, however they are written. */
  const digitsFor = (text: string): string =>
    numbered(addresses, text.replaceAll(/\D/gu, ''), (place) => `15550100${String(place).padStart(3, '0')}`);

  const phoneFor = (text: string): string => {
    const digits = digitsFor(text);
    if (/^\+\d+$/u.test(text)) return `+${digits}`;
    // Written otherwise, it keeps its blanks, dashes and length: they may be what is wrong with it.
    const shape = text.replaceAll(/\D/gu, '').length;
    const last = digits.slice(-Math.min(shape, digits.length)).padStart(shape, '5');
    let at = 0;
    return text.replaceAll(/\d/gu, () => last.charAt(at++));
  };

  const free = (text: string): string =>
    text
      .replaceAll(mail, (found) => numbered(addresses, found, (place) => `person-${place}@example.com`))
      .replaceAll(phone, phoneFor);

  return {
    address(address) {
      const [, prefix = '', rest = address] = /^((?:whatsapp|rcs|sip|client):)?(.*)$/iu.exec(address) ?? [];
      const replaced = free(rest);
      const known = replaced !== rest || rest === '';
      return prefix + (known ? replaced : numbered(addresses, rest, (place) => `person-${place}`));
    },
    name(name) {
      // Whoever has no name is called by an address.
      const replaced = free(name);
      return replaced === name ? numbered(names, name, (place) => `Person ${place}`) : replaced;
    },
    text: (hash) => numbered(texts, hash, (place) => `Text ${place}`),
    free,
  };
}
