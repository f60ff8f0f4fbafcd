import CEL
import SwellModel
import Synchronization

/// `nodes` in an expression: the outputs of the run's nodes by id.
final class OutputFields: CELFields {
  private let state: RunState
  /// The nodes whose output was asked for and that ended without one: who reads it is skipped.
  private let absent = Mutex<Set<String>>([])

  init(_ state: RunState) {
    self.state = state
  }

  /// Whether an error says that the output of a node is not there.
  func explain(_ error: CELError) -> Bool {
    guard error.code == .noSuchKey else { return false }
    return absent.withLock { names in
      names.contains { error.message.contains("'\($0)'") || error.message.contains("\"\($0)\"") }
    }
  }

  func value(of name: String) throws(CELError) -> CELValue? {
    if state.workflow.isPart {
      if let output = try state.documents.envelope(state.input).nodes[name] { return output }
      absent.withLock { _ = $0.insert(name) }
      return nil
    }
    guard let index = state.workflow.index(of: name) else { return nil }
    guard let (source, output) = state.effectiveSource(of: index) else {
      absent.withLock { _ = $0.insert(name) }
      return nil
    }
    return try state.documents.value(source, output)
  }

  var names: [String] {
    state.workflow.workflow.nodes.indices.filter { state.effectiveSource(of: $0) != nil }
      .map { state.workflow.workflow.nodes[$0].id }
  }
}

/// `secrets` in an expression.
struct SecretFields: CELFields {
  let source: any SecretSource

  func value(of name: String) throws(CELError) -> CELValue? {
    do throws(SecretProblem) {
      if let secret = try source.secret(name) { return .string(secret) }
    } catch {
      throw CELError(.invalidArgument, error.message)
    }
    throw CELError(
      .invalidArgument,
      "this worker has no secret '\(name)'; give it SWELL_SECRET_\(name), or a file of that name in its folder of secrets"
    )
  }

  /// Nobody may list them.
  var names: [String] { [] }
}
