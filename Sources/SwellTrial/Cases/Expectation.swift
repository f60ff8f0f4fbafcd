import CEL
import SwellModel

/// One thing that a case expects, where it was written.
struct Expectation: Sendable {
  /// What it is about: the run, a node, or an item or iteration of one.
  enum Subject: Sendable {
    case run
    case node(String)
    /// Counted from 0.
    case part(String, Int)
  }

  enum Check: Sendable {
    case state(String)
    case output(JSONValue)
    case input(JSONValue)
    case with(JSONValue)
    /// The id of the node whose failure ended the run.
    case failedNode(String)
    case errorKind(String)
    case errorCode(String)
    /// A part of the message.
    case errorMessage(String)
    case attempts(Int)
    case wave(Int)
    case took(Duration)
    /// How many items or iterations there were.
    case parts(Int)
    case ran([String])
    case skipped([String])
    case waits([String])
    case waited(Duration)
    /// An expression over all of it.
    case holds(CELTemplate, text: String)
  }

  var path: String
  var place: SourcePlace
  var subject: Subject
  var check: Check

  /// Nil when it holds.
  func failure(of result: TrialResult, input: Payload) -> TrialFailure? {
    let found: Mismatch?
    switch subject {
    case .run: found = mismatch(ofRun: result, input: input)
    case .node(let id): found = result.node(id).flatMap(mismatch)
    case .part(let id, let place):
      let parts = result.node(id)?.parts ?? []
      found =
        parts.indices.contains(place)
        ? mismatch(parts[place]) : Mismatch("there was none: '\(id)' had \(parts.count)")
    }
    guard let found else { return nil }
    return TrialFailure(
      path: path, place: place, message: "\(subjectWords)\(found.message)",
      differences: found.differences)
  }

  private var subjectWords: String {
    switch subject {
    case .run: ""
    case .node(let id): "\(id): "
    case .part(let id, let place): "\(id)[\(place)]: "
    }
  }

  /// What is not as expected.
  struct Mismatch {
    var message: String
    var differences: [String] = []

    init(_ message: String, _ differences: [String] = []) {
      self.message = message
      self.differences = differences
    }

    init?(_ what: String, expected: String, actual: String?) {
      guard expected != actual else { return nil }
      self.init("\(what): expected \(expected), was \(actual ?? "none")")
    }

    init?(_ what: String, expected: JSONValue, actual: Payload?) {
      guard let actual, let value = try? JSONValue.parse(actual) else {
        self.init("\(what): expected \(JSONDifference.shown(expected)), there was none")
        return
      }
      let difference = JSONDifference(expected: expected, actual: value)
      guard !difference.lines.isEmpty else { return nil }
      self.init("\(what) is not as expected", difference.lines)
    }

    init?(_ what: String, expected: [String], actual: [String]) {
      let missing = expected.filter { !actual.contains($0) }
      let more = actual.filter { !expected.contains($0) }
      guard !missing.isEmpty || !more.isEmpty else { return nil }
      var words: [String] = []
      if !missing.isEmpty { words.append("not among them: \(missing.joined(separator: ", "))") }
      if !more.isEmpty { words.append("not expected: \(more.joined(separator: ", "))") }
      self.init("\(what): " + words.joined(separator: "; "))
    }
  }
}
