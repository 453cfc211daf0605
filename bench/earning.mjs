// The JavaScript half of earning.py: a tree of N customers and all their proofs with @openzeppelin/merkle-tree.
//
//   node earning.mjs N
import { StandardMerkleTree } from "@openzeppelin/merkle-tree";
import { writeFileSync } from "node:fs";

// The same customers as earning.py makes.
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
  return [result, { seconds: (performance.now() - started) / 1e3, cpu: (user + system) / 1e6 }];
}

const values = customers(BigInt(process.argv[2]));
const [tree, building] = timed(() => StandardMerkleTree.of(values, ["address", "uint256"]));
const [nodes, proving] = timed(() => {
  let count = 0;
  // getProof checks each proof against the root before it gives it.
  for (const [index] of tree.entries()) count += tree.getProof(index).length;
  return count;
});
writeFileSync(1, JSON.stringify({ root: tree.root, nodes, tree: building, checked: proving }));
