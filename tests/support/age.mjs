// Encrypts or decrypts with the JavaScript implementation of age, for tests of interoperability.
//
//   node age.mjs encrypt age1…            standard input: clear text, standard output: an age file
//   node age.mjs decrypt AGE-SECRET-KEY-… standard input: an age file, standard output: clear text
import { Decrypter, Encrypter } from "age-encryption";
import { readFileSync, writeFileSync } from "node:fs";

const [act, key] = process.argv.slice(2);
const input = new Uint8Array(readFileSync(0));
if (act === "encrypt") {
    const encrypter = new Encrypter();
    encrypter.addRecipient(key);
    writeFileSync(1, await encrypter.encrypt(input));
} else {
    const decrypter = new Decrypter();
    decrypter.addIdentity(key);
    writeFileSync(1, await decrypter.decrypt(input, "uint8array"));
}
