/// A graph of no-op nodes in layers, and what it stores.
struct Workload: Sendable {
  /// The ids of the nodes, layer by layer; a layer is a wave.
  var layers: [[String]]
  /// How many nodes of the layer before each node needs; nil is all of them.
  var needs: Int?

  var waves: Int { layers.count }
  var nodes: Int { layers.reduce(0) { $0 + $1.count } }

  /// The definition, under the name `bench`.
  var definition: String {
    var lines: [String] = []
    var before: [String] = []
    for layer in layers {
      for (place, id) in layer.enumerated() {
        var needed = before
        if let needs, before.count > needs {
          needed = (0..<needs).map { before[(place + $0) % before.count] }
        }
        let tail = needed.isEmpty ? "" : ", needs: [\(needed.joined(separator: ", "))]"
        lines.append("  \(id): {handler: noop\(tail)}")
      }
      before = layer
    }
    return "workflow: bench\nnodes:\n" + lines.joined(separator: "\n") + "\n"
  }

  static let single = Workload(layers: [["a"]])
}
