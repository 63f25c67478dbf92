// Values that another file imports, for the test of places.
export const imported = {
  size: 1,
  image: { tag: "v1" },
};
