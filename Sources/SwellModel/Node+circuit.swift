extension Node {
  /// What `circuit` says of a node that has none, not even that of its kind.
  public static let noCircuit = "none"

  /// Whether the node can be under a circuit.
  public var mayHaveCircuit: Bool {
    circuit.map { $0 != Self.noCircuit } ?? hasCircuitOfKind
  }

  /// The circuit of an attempt: the node's own, else that of its kind, which may depend on what its
  /// settings came to.
  public func circuit(with settings: Payload?) -> String? {
    if let circuit { return circuit == Self.noCircuit ? nil : circuit }
    return hasCircuitOfKind ? HTTPKind.circuit(of: settings) : nil
  }

  /// Requests to one host stand and fall together, whichever workflow makes them.
  private var hasCircuitOfKind: Bool { kind == "http" }
}
