/** Media types by the extension of a name, as the IANA registers them; what is not here is offered for download. */
const TYPES: Readonly<Record<string, string>> = {
  // Text. Browsers show source code as text when it is called that.
  'text/plain':
    'txt text log md markdown rst ini conf cfg toml yaml yml sh c h cc cpp hpp rs go py rb pl java ts tsx diff patch sha256 asc',
  'text/html': 'html htm',
  'text/css': 'css',
  'text/csv': 'csv',
  'text/calendar': 'ics',
  'text/javascript': 'js mjs',
  'text/vcard': 'vcf',
  'application/json': 'json map',
  'application/xml': 'xml xsd xsl',
  'application/rtf': 'rtf',
  'application/pdf': 'pdf',
  'application/epub+zip': 'epub',
  // Pictures
  'image/apng': 'apng',
  'image/avif': 'avif',
  'image/bmp': 'bmp',
  'image/gif': 'gif',
  'image/heic': 'heic',
  'image/jpeg': 'jpg jpeg jpe',
  'image/png': 'png',
  'image/svg+xml': 'svg',
  'image/tiff': 'tif tiff',
  'image/vnd.microsoft.icon': 'ico',
  'image/webp': 'webp',
  // Sound and film
  'audio/aac': 'aac',
  'audio/flac': 'flac',
  'audio/mp4': 'm4a',
  'audio/mpeg': 'mp3',
  'audio/ogg': 'ogg oga opus',
  'audio/wav': 'wav',
  'video/mp4': 'mp4 m4v',
  'video/mpeg': 'mpg mpeg',
  'video/ogg': 'ogv',
  'video/quicktime': 'mov',
  'video/webm': 'webm',
  'video/x-matroska': 'mkv',
  // Fonts
  'font/otf': 'otf',
  'font/ttf': 'ttf',
  'font/woff': 'woff',
  'font/woff2': 'woff2',
  // Archives and programs
  'application/gzip': 'gz tgz',
  'application/java-archive': 'jar',
  'application/vnd.debian.binary-package': 'deb',
  'application/wasm': 'wasm',
  'application/x-7z-compressed': '7z',
  'application/x-bzip2': 'bz2',
  'application/x-tar': 'tar',
  'application/x-xz': 'xz',
  'application/zip': 'zip',
  'application/zstd': 'zst',
};

/** Names without an extension that people expect to read. */
const TEXTS = /^(?:readme|licen[cs]e|copying|changelog|changes|authors|news|todo|makefile|dockerfile)$/i;

const BY_EXTENSION = new Map(
  Object.entries(TYPES).flatMap(([type, extensions]) => extensions.split(' ').map((extension) => [extension, type])),
);

/** @returns the Content-Type of a file of that name; `application/octet-stream` when the name does not tell. */
export function contentTypeOf(name: string): string {
  const dot = name.lastIndexOf('.');
  const byName = TEXTS.test(name) ? 'text/plain' : undefined;
  const type = (dot > 0 ? BY_EXTENSION.get(name.slice(dot + 1).toLowerCase()) : byName) ?? 'application/octet-stream';
  return type.startsWith('text/') ? `${type}; charset=utf-8` : type;
}
