import CEL
import SwellModel

extension Expectation {
  func mismatch(ofRun result: TrialResult, input: Payload) -> Mismatch? {
    switch check {
    case .state(let expected):
      guard expected != result.state.rawValue else { return nil }
      var words = "state: expected \(expected), was \(result.state.rawValue)"
      if !result.waitsFor.isEmpty {
        words += ": \(result.waitsFor.joined(separator: ", ")); give it in 'answers' or 'signals'"
      } else if let error = Self.words(of: result.error) {
        words += ": " + error
      }
      return Mismatch(words)
    case .output(let expected):
      return Mismatch("output", expected: expected, actual: result.output)
    case .failedNode(let expected):
      return Mismatch("failed node", expected: expected, actual: result.failedNode)
    case .ran(let expected): return Mismatch("what ran", expected: expected, actual: result.ran)
    case .skipped(let expected):
      return Mismatch("what was skipped", expected: expected, actual: result.skipped)
    case .waits(let expected):
      return Mismatch("what waited", expected: expected, actual: result.waited)
    case .took(let expected): return Self.took(expected, result.took)
    case .holds(let template, let text):
      return holds(template, text, TrialBindings.values(of: result, input: input, template))
    case .errorKind, .errorCode, .errorMessage: return mismatch(ofError: result.error)
    case .input, .with, .attempts, .wave, .parts, .waited: return nil
    }
  }

  func mismatch(_ node: TrialNode) -> Mismatch? {
    switch check {
    case .state(let expected):
      guard expected != node.state.rawValue else { return nil }
      return Mismatch(
        "state: expected \(expected), was \(node.state.rawValue)"
          + (Self.words(of: node.error).map { ": " + $0 } ?? ""))
    case .output(let expected): return Mismatch("output", expected: expected, actual: node.output)
    case .input(let expected): return Mismatch("input", expected: expected, actual: node.input)
    case .with(let expected): return Mismatch("with", expected: expected, actual: node.with)
    case .attempts(let expected):
      return Mismatch("attempts", expected: "\(expected)", actual: "\(node.attempts.count)")
    case .wave(let expected):
      return Mismatch("wave", expected: "\(expected)", actual: node.wave.map { "\($0)" })
    case .took(let expected): return Self.took(expected, node.took)
    case .waited(let expected):
      guard node.waited != expected else { return nil }
      return Mismatch(
        "waited: expected \(Self.text(expected)), was \(node.waited.map(Self.text) ?? "not at all")"
      )
    case .parts(let expected):
      return Mismatch(
        "items or iterations", expected: "\(expected)", actual: "\(node.parts.count)")
    case .errorKind, .errorCode, .errorMessage: return mismatch(ofError: node.error)
    case .failedNode, .ran, .skipped, .waits, .holds: return nil
    }
  }

  private func mismatch(ofError payload: Payload?) -> Mismatch? {
    guard let error = payload.flatMap({ try? NodeError(payload: $0) }) else {
      return Mismatch("error: there was none")
    }
    switch check {
    case .errorKind(let expected):
      return Mismatch("error kind", expected: expected, actual: error.kind.rawValue)
        .map { Mismatch($0.message + ": " + error.message) }
    case .errorCode(let expected):
      return Mismatch("error code", expected: expected, actual: error.code)
        .map { Mismatch($0.message + ": " + error.message) }
    case .errorMessage(let expected):
      guard !error.message.contains(expected) else { return nil }
      return Mismatch(
        "error message: expected one with \(JSONDifference.shown(.string(expected))), was "
          + JSONDifference.shown(.string(error.message)))
    default: return nil
    }
  }

  private func holds(_ template: CELTemplate, _ text: String, _ values: CELBindings) -> Mismatch? {
    do throws(CELError) {
      guard case .bool(let isTrue) = try template.evaluate(values) else {
        return Mismatch("\(text) gives no true or false")
      }
      return isTrue ? nil : Mismatch("\(text) is false")
    } catch {
      return Mismatch("\(text) cannot be evaluated: \(error.message)")
    }
  }

  private static func took(_ expected: Duration, _ actual: Duration?) -> Mismatch? {
    guard expected != actual else { return nil }
    return Mismatch(
      "took: expected \(text(expected)), was \(actual.map(text) ?? "not ended")")
  }

  private static func words(of error: Payload?) -> String? {
    error.flatMap { try? NodeError(payload: $0) }.map(\.description)
  }

  /// As it is written in a cases file.
  static func text(_ duration: Duration) -> String {
    duration == .zero ? "0s" : duration.text
  }
}
