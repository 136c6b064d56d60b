/** The script of the page. Without it, the button loads the page anew, with the experiment done. */
export const PAGE_SCRIPT = `
const form = document.forms[0], [architecture, button] = form.elements, panel = document.getElementById('panel');
function run(event) {
  event?.preventDefault();
  button.disabled = true;
  button.textContent = 'Running…';
  const source = new EventSource('/run?architecture=' + encodeURIComponent(architecture.value));
  const end = () => { source.close(); button.disabled = false; button.textContent = 'Run again'; };
  source.onmessage = ({ data }) => { panel.innerHTML = JSON.parse(data); };
  source.addEventListener('tabs', ({ data }) => { document.querySelector('nav').innerHTML = JSON.parse(data); end(); });
  source.addEventListener('trouble', ({ data }) => { panel.textContent = JSON.parse(data); end(); });
  source.onerror = end;
}
form.addEventListener('submit', run);
if (form.dataset.start === 'true') run();
`;
