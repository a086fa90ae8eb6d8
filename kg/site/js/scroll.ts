// Code and formulas wider than the page scroll in their own box; where one does, the keyboard must reach it.

function reach(): void {
  for (const box of document.querySelectorAll<HTMLElement>("article pre, article .kg-formula")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
}

reach();
addEventListener("resize", reach);
// Letters of another font are of another width.
void document.fonts.ready.then(reach);
