// The admin by keys alone. unfold draws controls that only a mouse reaches: what can be clicked but is neither link nor
// button. They get focus, Enter and Space, and a name. What such a control reveals gets the focus; Escape, and leaving
// it, hides it again, and Escape gives the focus back.
(() => {
  const NAMES = document.currentScript.dataset; // by icon, of controls that show nothing else
  const MOUSE_ONLY = "[x-on\\:click]:not(button, input, select, textarea, a[href])";
  const FOCUSABLE = "a[href], button, input:not([type=hidden]), select, textarea, [role=button]";
  let revealed = null;

  const visible = () => [...document.querySelectorAll(FOCUSABLE)].filter((element) => element.checkVisibility());

  function makeReachable(control) {
    const text = control.textContent.trim();
    if (!text) return; // a backdrop, which closes what lies above it, as Escape does
    control.tabIndex = 0;
    control.setAttribute("role", "button");
    if (control.matches(".material-symbols-outlined") && NAMES[text]) control.setAttribute("aria-label", NAMES[text]);
    control.addEventListener("keydown", (event) => {
      if (event.target !== control || !["Enter", " "].includes(event.key)) return;
      event.preventDefault();
      press(control);
    });
  }

  function press(control) {
    const before = new Set(visible());
    control.click();
    afterDrawing(() => {
      const first = visible().find((element) => !before.has(element));
      if (!first) return;
      revealed = { control, part: first.parentElement.closest("[x-show], [x-bind\\:class]") };
      control.setAttribute("aria-expanded", "true");
      first.focus();
    });
  }

  function hide({ andReturn }) {
    const { control, part } = revealed;
    revealed = null;
    afterDrawing(() => {
      if (part?.checkVisibility()) control.click();
      control.setAttribute("aria-expanded", "false");
      if (andReturn) control.focus();
    });
  }

  // Alpine shows and hides after the event, unfold's transitions begin with the frame after that.
  const afterDrawing = (act) => requestAnimationFrame(() => requestAnimationFrame(act));

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && revealed) hide({ andReturn: true });
  });
  document.addEventListener("focusin", (event) => {
    if (!revealed || revealed.part?.contains(event.target) || event.target === revealed.control) return;
    window.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));
    hide({ andReturn: false });
  });

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll(MOUSE_ONLY).forEach(makeReachable);
    // The bar with the acts stands below the list, and comes after it by Tab too.
    const acts = document.querySelector("#changelist-form #changelist-actions-wrapper")?.parentElement;
    acts?.parentElement.append(acts);
  });
})();
