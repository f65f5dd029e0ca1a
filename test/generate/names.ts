/** Made-up people are called by these. */
export const firstNames = [
  'Priya',
  'Marco',
  'Ines',
  'Tobias',
  'Amara',
  'Lena',
  'Samir',
  'Yuki',
  'Rosa',
  'Jonas',
  'Noor',
  'Clara',
];
export const lastNames = [
  'Raman',
  'Bellini',
  'Duarte',
  'Kern',
  'Okafor',
  'Vogel',
  'Haddad',
  'Tanabe',
  'Medina',
  'Lindqvist',
  'Rahimi',
];
