// Builds and reads trees with OpenZeppelin's JavaScript package, for tests of interoperability.
//
//   node merkle.mjs build     standard input: [["0x…", "…"], …]; standard output: {root, dump, proofs}
//   node merkle.mjs load      standard input: a dump, perhaps ours; standard output: {root, values, proofs}
import { StandardMerkleTree } from "@openzeppelin/merkle-tree";
import { readFileSync, writeFileSync } from "node:fs";

const ENCODING = ["address", "uint256"];

function proofs(tree) {
  return Array.from(tree.entries(), ([index]) => tree.getProof(index));
}

const [act] = process.argv.slice(2);
const input = JSON.parse(readFileSync(0, "utf8"));
let answer;
if (act === "build") {
  const tree = StandardMerkleTree.of(input, ENCODING);
  answer = { root: tree.root, dump: JSON.stringify(tree.dump()), proofs: proofs(tree) };
} else {
  const tree = StandardMerkleTree.load(input); // checks every hash
  answer = { root: tree.root, values: Array.from(tree.entries(), ([, value]) => value), proofs: proofs(tree) };
}
writeFileSync(1, JSON.stringify(answer));
