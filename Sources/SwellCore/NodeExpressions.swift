import CEL
import SwellModel

/// The expressions of one node, compiled once per version.
struct NodeExpressions: Sendable {
  let when: CELTemplate?
  let with: CELTemplate?
  let input: CELTemplate?
  let over: CELTemplate?
  let whileTrue: CELTemplate?
  let until: CELTemplate?
  /// Of a branch, the condition of each arm; nil is always true.
  let arms: [CELTemplate?]
  /// The time of a wait, or the title of an approval.
  let text: CELTemplate?
  /// What is looked at once for the node sees this, what is looked at for each item the other.
  let environment: CELEnvironment
  let repeatedEnvironment: CELEnvironment
  /// Why none of them can be evaluated: a definition that was stored without being checked.
  let problem: String?

  /// Nil when the node has no expressions.
  ///
  /// - Parameter isItem: whether it is executed for one item of a map, by a run of its own.
  init?(_ node: Node, isFallback: Bool, isErrorHandler: Bool, isItem: Bool) {
    var scope = ExpressionScope()
    scope.isFallback = isFallback
    scope.isErrorHandler = isErrorHandler
    scope.hasItem = isItem
    let environment = scope.environment
    var repeated = environment
    switch node.repetition {
    case .map:
      scope.hasItem = true
      repeated = scope.environment
    case .loop:
      scope.hasIteration = true
      repeated = scope.environment
    case nil: break
    }
    var reader = Reader()
    when = reader.text(node.when, environment)
    with = reader.json(node.with, repeated)
    input = reader.json(node.input, repeated)
    var over: CELTemplate?
    var whileTrue: CELTemplate?
    var until: CELTemplate?
    switch node.repetition {
    case .map(let map): over = reader.text(map.over, environment)
    case .loop(let loop):
      whileTrue = reader.text(loop.whileTrue, repeated)
      until = reader.text(loop.until, repeated)
    case nil: break
    }
    self.over = over
    self.whileTrue = whileTrue
    self.until = until
    var arms: [CELTemplate?] = []
    var text: CELTemplate?
    switch node.control {
    case .branch(let written): arms = written.map { reader.text($0.when, environment) }
    case .wait(.duration(let written)), .wait(.until(let written)):
      text = reader.text(written, environment)
    case .approval(let approval): text = reader.text(approval.title, environment)
    case .wait(.signal), .call, nil: break
    }
    self.arms = arms
    self.text = text
    self.environment = environment
    repeatedEnvironment = repeated
    problem = reader.problem
    guard reader.found || node.control != nil else { return nil }
  }

  private struct Reader {
    var found = false
    var problem: String?

    mutating func text(_ text: String?, _ environment: CELEnvironment) -> CELTemplate? {
      guard let text, text.contains("${{") else { return nil }
      found = true
      do throws(CELProblems) {
        return try environment.template(text)
      } catch {
        problem = problem ?? error.description
        return nil
      }
    }

    mutating func json(_ payload: Payload?, _ environment: CELEnvironment) -> CELTemplate? {
      guard let payload, payload.text.contains("${{") else { return nil }
      found = true
      do throws(CELProblems) {
        return try environment.template(json: payload.bytes)
      } catch {
        problem = problem ?? error.description
        return nil
      }
    }
  }
}
