// Pictures are made smaller before they are sent: a telephone's of 5 MB become some 200 kB, and
// what it noted in them does not leave it. Without this the server does the same, for more data.

const EDGE = 1600;
const QUALITY = 0.8;
const form = document.querySelector("form[data-photos]");
const input = form?.querySelector("input[type=file]");
const said = form?.querySelector("[data-said]");
const previews = form?.querySelector("[data-previews]");
const most = Number(form?.dataset.most ?? 4);

async function smaller(file) {
  let picture;
  try {
    picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return file; // the server says what is wrong with it
  }
  const scale = Math.min(1, EDGE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const context = canvas.getContext("2d");
  context.fillStyle = "white";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  // Drawn anew even where it was small: what was noted in it stays here.
  return blob ? new File([blob], "photo.jpg", { type: "image/jpeg" }) : file;
}

async function choose() {
  const chosen = [...input.files];
  if (chosen.length === 0) {
    said.textContent = "";
    previews.replaceChildren();
    return;
  }
  said.textContent = said.dataset.working;
  const kept = new DataTransfer();
  for (const file of chosen.slice(0, most)) kept.items.add(await smaller(file));
  input.files = kept.files;
  const kb = Math.ceil([...kept.files].reduce((sum, file) => sum + file.size, 0) / 1024);
  const words = kept.files.length === 1 ? said.dataset.one : said.dataset.many;
  said.textContent = words.replace("{n}", kept.files.length).replace("{kb}", kb);
  if (chosen.length > most) said.textContent += ` ${said.dataset.toomany}`;
  previews.replaceChildren();
  for (const file of kept.files) previews.append(await preview(file));
}

// Drawn, not linked: the pages' policy allows pictures of our own server alone.
async function preview(file) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 96;
  try {
    const picture = await createImageBitmap(file);
    const edge = Math.min(picture.width, picture.height);
    const x = (picture.width - edge) / 2;
    const y = (picture.height - edge) / 2;
    canvas.getContext("2d").drawImage(picture, x, y, edge, edge, 0, 0, 96, 96);
    picture.close();
  } catch {
    canvas.hidden = true;
  }
  return canvas;
}

if (input && "createImageBitmap" in window && "DataTransfer" in window) {
  input.addEventListener("change", () => void choose());
}
