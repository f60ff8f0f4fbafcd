public import SwellModel

extension RunState {
  /// The input of a node: its literal; what its needs gave; the run's input where it has none.
  /// A fallback gets `$primaryError` and `$primaryInput`, an error handler `$error` and
  /// `$failedNode`.
  ///
  /// What is written as `input` is given as it stands, expressions and all.
  public func input(of index: Int) -> Payload {
    let node = definition(index)
    if let literal = node.input { return literal }
    if workflow.isPart { return (try? ItemEnvelope(input))?.itemPayload ?? .null }
    if let item = item(of: index) { return item }
    let home = unit(index).node
    if let primary = workflow.primary[home] { return fallbackInput(primary: primary) }
    if workflow.isErrorHandler[home], node.needs.isEmpty { return handlerInput() }
    return input(
      fromNeeds: node.declaredNeeds.isEmpty ? node.needs : Array(node.declaredNeeds))
  }

  private func input(fromNeeds needs: [Int]) -> Payload {
    if needs.isEmpty { return input }
    if needs.count == 1 { return effectiveOutput(of: needs[0]) ?? .null }
    return object(of: needs)
  }

  /// The outputs by id; those that are absent are left out.
  func object(of indices: [Int]) -> Payload {
    var bytes: [UInt8] = [UInt8(ascii: "{")]
    for index in indices {
      guard let output = effectiveOutput(of: index) else { continue }
      if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
      append(key: workflow.workflow.nodes[index].id, to: &bytes)
      bytes.append(contentsOf: output.bytes)
    }
    bytes.append(UInt8(ascii: "}"))
    return Payload(bytes: bytes)
  }

  /// Ids are letters, digits and underscores, so they need no escaping.
  private func append(key: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    bytes.append(contentsOf: key.utf8)
    bytes.append(UInt8(ascii: "\""))
    bytes.append(UInt8(ascii: ":"))
  }

  private func fallbackInput(primary: Int) -> Payload {
    var bytes: [UInt8] = [UInt8(ascii: "{")]
    append(key: "$primaryError", to: &bytes)
    bytes.append(contentsOf: (nodes[primary].error ?? .null).bytes)
    bytes.append(UInt8(ascii: ","))
    append(key: "$primaryInput", to: &bytes)
    bytes.append(contentsOf: primaryInput(of: primary).bytes)
    bytes.append(UInt8(ascii: "}"))
    return Payload(bytes: bytes)
  }

  /// `$primaryInput`: what the primary was given; for a node with `with`, the run's input.
  func primaryInput(of primary: Int) -> Payload {
    workflow.workflow.nodes[primary].with == nil ? storedInput(of: primary) ?? .null : input
  }

  private func handlerInput() -> Payload {
    var bytes: [UInt8] = [UInt8(ascii: "{")]
    append(key: "$error", to: &bytes)
    bytes.append(contentsOf: runError().bytes)
    bytes.append(UInt8(ascii: ","))
    append(key: "$failedNode", to: &bytes)
    if let failedNode {
      bytes.append(contentsOf: "\"\(workflow.workflow.nodes[failedNode].id)\"".utf8)
    } else {
      bytes.append(contentsOf: "null".utf8)
    }
    bytes.append(contentsOf: ",\"input\":".utf8)
    bytes.append(contentsOf: input.bytes)
    bytes.append(UInt8(ascii: "}"))
    return Payload(bytes: bytes)
  }

  /// The run's output: its one leaf's, or an object of the leaves' by id.
  func runOutput() -> Payload? {
    let leaves = workflow.leaves
    // An item that is skipped is left out by its parent.
    if workflow.isPart { return effectiveOutput(of: leaves[0]) }
    if leaves.count == 1 { return effectiveOutput(of: leaves[0]) ?? .null }
    return object(of: leaves)
  }

  /// The run's error: the original one, and under `all` every node that failed.
  func runError() -> Payload {
    var bytes = originalError().bytes
    guard !failures.isEmpty, bytes.last == UInt8(ascii: "}") else { return Payload(bytes: bytes) }
    bytes.removeLast()
    bytes.append(contentsOf: ",\"all\":[".utf8)
    // A run of thousands of failures keeps them all as rows; this is for reading.
    for (place, index) in failures.prefix(20).enumerated() {
      if place > 0 { bytes.append(UInt8(ascii: ",")) }
      bytes.append(contentsOf: (nodes[index].error ?? .null).bytes)
    }
    bytes.append(contentsOf: "]}".utf8)
    return Payload(bytes: bytes)
  }

  private func originalError() -> Payload {
    if let failedNode, let error = nodes[failedNode].error { return error }
    if let misfit { return misfit }
    if isPastDeadline {
      return NodeError(
        .cancelled, "the run was not done by its deadline", code: "deadline_exceeded",
        context: NodeError.Context(operation: "run", wave: wave)
      ).encoded()
    }
    if let cancel {
      var text = "cancelled by \(cancel.by)"
      if let reason = cancel.reason { text += ": \(reason)" }
      return NodeError(
        .cancelled, text, code: "cancelled",
        context: NodeError.Context(operation: "run", wave: wave)
      ).encoded()
    }
    return NodeError(.other, "the run failed", context: NodeError.Context(wave: wave)).encoded()
  }
}
