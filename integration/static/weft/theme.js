// Chooses the theme before anything is painted: the person's choice, else the system's.
(() => {
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const wanted = root.dataset.theme;
    root.dataset.bsTheme =
      wanted === "auto" ? (dark.matches ? "dark" : "light") : wanted;
    document.dispatchEvent(new CustomEvent("weft:theme"));
  };
  apply();
  dark.addEventListener("change", apply);
})();
