import CEL
import SwellModel

/// How a node's attempts end, as a cases file says it.
struct ScriptedReply: Sendable {
  indirect enum Way: Sendable {
    case output(Payload)
    case computed(CELTemplate, CELEnvironment)
    case error(NodeError)
    /// One after the other.
    case attempts([ScriptedReply])
    /// Of a map by item, of a loop by iteration.
    case parts([ScriptedReply])
  }

  var way: Way
  var takes: Duration = .zero
  var path: String

  /// - Parameter input: the run's.
  func reply(to attempt: TrialAttempt, input: Payload) throws -> TrialReply {
    switch way {
    case .output(let output): return .output(output, takes: takes)
    case .error(let error): return .error(error, takes: takes)
    case .computed(let template, let environment):
      do throws(CELError) {
        let values = TrialBindings.values(of: attempt, input: input, environment)
        return .output(Payload(bytes: try template.evaluateJSON(values)), takes: takes)
      } catch {
        let pointer = error.pointer.map { $0.replacing("/", with: ".") } ?? ""
        throw TrialProblem(
          "expression_\(error.code.rawValue)", "\(path)\(pointer): \(error.message)",
          node: attempt.node)
      }
    case .attempts(let replies):
      guard replies.indices.contains(attempt.attempt - 1) else {
        throw TrialProblem(
          "missing_output",
          "'\(attempt.node)' came to attempt \(attempt.attempt), and \(path) has \(replies.count); add what becomes of it",
          node: attempt.node)
      }
      return try replies[attempt.attempt - 1].reply(to: attempt, input: input)
    case .parts(let replies):
      let place = attempt.index ?? (attempt.iteration ?? 1) - 1
      guard replies.indices.contains(place) else {
        let what = attempt.index.map { "item \($0)" } ?? "iteration \(place + 1)"
        throw TrialProblem(
          "missing_output",
          "\(what) of '\(attempt.node)' was to be executed, and \(path) has \(replies.count); add what it gives",
          node: attempt.node)
      }
      return try replies[place].reply(to: attempt, input: input)
    }
  }
}
