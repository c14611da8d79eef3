// Puts the stepper in the place of its strip of pictures: recorded moments, no kernel.
import stepper from "./stepper.js";

for (const place of document.querySelectorAll(".mfnumpy-stepper")) {
  const recorded = place.querySelector("script[type='application/json']");
  if (!recorded) continue;
  const kept = { data: JSON.parse(recorded.textContent), edit: {} };
  stepper.render({
    model: { get: (name) => kept[name], set: (name, value) => { kept[name] = value; }, save_changes() {}, on() {} },
    el: place,
  });
}
