// Builds and reads trees with OpenZeppelin's JavaScript package, for tests of interoperability and for the benchmark.
//
//   node merkle.mjs build     standard input: [["0x…", "…"], …]; standard output: {root, dump, proofs}
//   node merkle.mjs load      standard input: a dump, perhaps ours; standard output: {root, values, proofs}
//   node merkle.mjs measure N no input: builds the tree of N customers (as bench/earning.py makes them) and all proofs
import { StandardMerkleTree } from "@openzeppelin/merkle-tree";
import { readFileSync, writeFileSync } from "node:fs";

const ENCODING = ["address", "uint256"];

function proofs(tree) {
  return Array.from(tree.entries(), ([index]) => tree.getProof(index));
}

function customers(count) {
  const values = [];
  for (let i = 0n; i < count; i++) {
    const address = (i * 0x9e3779b97f4a7c15f39cc0605cedc835n) % (1n << 160n);
    values.push(["0x" + address.toString(16).padStart(40, "0"), ((i + 1n) * 1234567890123456789n).toString()]);
  }
  return values;
}

function timed(act) {
  const cpu = process.cpuUsage();
  const started = performance.now();
  const result = act();
  const { user, system } = process.cpuUsage(cpu);
  return { result, seconds: (performance.now() - started) / 1e3, cpu: (user + system) / 1e6 };
}

const [act, argument] = process.argv.slice(2);
let answer;
if (act === "measure") {
  const values = customers(BigInt(argument));
  const tree = timed(() => StandardMerkleTree.of(values, ENCODING));
  const all = timed(() => {
    let nodes = 0;
    for (const [index] of tree.result.entries()) nodes += tree.result.getProof(index).length;
    return nodes;
  });
  answer = {
    root: tree.result.root,
    nodes: all.result,
    tree: [tree.seconds, tree.cpu],
    proofs: [all.seconds, all.cpu],
  };
} else {
  const input = JSON.parse(readFileSync(0, "utf8"));
  if (act === "build") {
    const tree = StandardMerkleTree.of(input, ENCODING);
    answer = { root: tree.root, dump: JSON.stringify(tree.dump()), proofs: proofs(tree) };
  } else {
    const tree = StandardMerkleTree.load(input); // checks every hash
    answer = { root: tree.root, values: Array.from(tree.entries(), ([, value]) => value), proofs: proofs(tree) };
  }
}
writeFileSync(1, JSON.stringify(answer));
