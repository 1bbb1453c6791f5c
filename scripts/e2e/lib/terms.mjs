// What is asked, granted and denied, in the chain's words.

const DAY = 24 * 60 * 60 * 1000;

// The bits of a set, one for each variant's index. Names and indices come from the metadata.
export function set(api, type, names) {
  const variants = api.createType(type).defKeys;
  return names.reduce((bits, name) => {
    if (!variants.includes(name)) throw new Error(`${type} has no ${name}`);
    return bits | (1 << variants.indexOf(name));
  }, 0);
}

// Terms to view laboratory reports for treatment for a day, unless something else is said.
export function terms(api, { actions = ['View'], purposes = ['Treatment'], categories = ['Laboratory'], ...rest } = {}) {
  return {
    actions: set(api, 'SalusPrimitivesAccessAction', actions),
    purposes: set(api, 'SalusPrimitivesAccessPurpose', purposes),
    categories: set(api, 'SalusPrimitivesAccessCategory', categories),
    records: [],
    compartments: [],
    recordedFrom: null,
    recordedUntil: null,
    starts: 0,
    ends: Date.now() + DAY,
    uses: null,
    eraseAfter: null,
    outlives: false,
    ...rest,
  };
}

// A denial of everything, unless something narrower is said.
export const denial = (conditions = {}) => ({
  account: null,
  institution: null,
  role: null,
  category: null,
  compartment: null,
  source: null,
  recordedFrom: null,
  recordedUntil: null,
  record: null,
  ...conditions,
});

export const inDays = (days) => Date.now() + days * DAY;
