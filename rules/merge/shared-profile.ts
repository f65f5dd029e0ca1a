import { predicate, present, sharesAddress } from 'postlude';
import type { Row } from './shared-profile.types.ts';

// How telephone numbers are written differs between channels and systems; whether two are the same is not a matter of text.
export default predicate<Row>((row) => !sharesAddress(present(row.addresses), present(row.other_addresses)));
