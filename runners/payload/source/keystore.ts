/**
 * Java's keystore of trusted certificates (/etc/ssl/certs/java/cacerts) carries the time at which each certificate
 * was added: the one thing in a Debian installation of Java that differs from build to build.
 *
 * Format JKS, as sun.security.provider.JavaKeyStore writes it: magic, version, number of entries; for each entry of
 * type 2 (trusted certificate) alias, 8 bytes of time in milliseconds, type of certificate, certificate; at the end a
 * SHA-1 over the password in UTF-16, the words "Mighty Aphrodite" and everything before.
 */
import { createHash } from 'node:crypto';

const magic = 0xfeedfeed;
const trustedCertificate = 2;
const digestBytes = 20;
/** The well-known password of every Java's cacerts; it protects nothing. */
const password = 'changeit';

/** The same keystore with every time set; null when it is no JKS file of trusted certificates with the usual password. */
export function withFixedTimes(keystore: Buffer, timeMs: number): Buffer | null {
  if (keystore.length < 12 + digestBytes || keystore.readUInt32BE(0) !== magic) return null;
  const end = keystore.length - digestBytes;
  if (!digest(keystore.subarray(0, end)).equals(keystore.subarray(end))) return null;
  const copy = Buffer.from(keystore);
  const version = copy.readUInt32BE(4);
  const entries = copy.readUInt32BE(8);
  let at = 12;
  for (let entry = 0; entry < entries; entry += 1) {
    if (copy.readUInt32BE(at) !== trustedCertificate) return null;
    at += 4;
    at += 2 + copy.readUInt16BE(at);
    copy.writeBigUInt64BE(BigInt(timeMs), at);
    at += 8;
    // Version 1 has no type of certificate.
    if (version > 1) at += 2 + copy.readUInt16BE(at);
    at += 4 + copy.readUInt32BE(at);
  }
  digest(copy.subarray(0, end)).copy(copy, end);
  return copy;
}

function digest(content: Buffer): Buffer {
  const secret = Buffer.from(password, 'utf16le').swap16();
  return createHash('sha1').update(secret).update('Mighty Aphrodite', 'utf8').update(content).digest();
}
