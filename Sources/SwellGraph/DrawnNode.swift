import SwellModel

/// A box of a drawing.
public struct DrawnNode: Sendable, Hashable {
  public enum Shape: Sendable, Hashable {
    case work, branch
    /// A wait or an approval.
    case pause
    /// A map or a loop: the same work several times.
    case repeated
  }

  public let id: String
  public let shape: Shape
  /// What it is: `source http`, `handler charge_card`, `approval`.
  public let kind: String
  /// What else is said of it: `map, 5 at a time`, `optional`.
  public let marks: [String]
  /// What is too long for a box: conditions, titles.
  public let details: [String]
  public let isFallback: Bool
  public let isErrorHandler: Bool
  /// The earliest wave in which it can be.
  public let wave: Int
  /// What became of it in a run.
  public let state: String?

  init(_ node: Node, isFallback: Bool, isErrorHandler: Bool, wave: Int, state: String?) {
    id = node.id
    self.isFallback = isFallback
    self.isErrorHandler = isErrorHandler
    self.wave = wave
    self.state = state.map(DrawnText.clean)
    switch node.control {
    case .branch: shape = .branch
    case .wait, .approval: shape = .pause
    default: shape = node.repetition == nil ? .work : .repeated
    }
    kind = Self.kind(of: node)
    marks = Self.marks(of: node)
    details = Self.details(of: node)
  }

  private static func kind(of node: Node) -> String {
    switch node.control {
    case .wait(.duration(let text)): return "wait " + DrawnText.expression(text)
    case .wait(.until(let text)): return "wait until " + DrawnText.expression(text)
    case .wait(.signal(let name, let timeout)):
      return "wait for signal \(name)" + (timeout.map { ", \($0.text)" } ?? "")
    case .approval(let approval):
      return "approval" + (approval.timeout.map { ", \($0.text)" } ?? "")
    case .call(let call):
      return "call \(call.workflow)" + (call.isDetached ? ", detached" : "")
    default: break
    }
    if node.role == .handler, node.kind.hasPrefix("handler:") {
      return "handler " + DrawnText.clean(String(node.kind.dropFirst("handler:".count)))
    }
    return node.role == .control
      ? DrawnText.clean(node.kind) : "\(node.role.rawValue) \(DrawnText.clean(node.kind))"
  }

  private static func marks(of node: Node) -> [String] {
    var marks: [String] = []
    switch node.repetition {
    case .map(let map):
      // All at once is what a spread map does unless it says otherwise.
      marks.append(
        map.isSpread && map.concurrency == 10_000
          ? "map, spread"
          : "map, \(map.isSpread ? "spread, " : "")\(map.concurrency) at a time")
    case .loop(let loop): marks.append("loop, at most \(loop.maxIterations)")
    case nil: break
    }
    switch node.join {
    case .all: break
    case .any: marks.append("join any")
    case .atLeast(let count): marks.append("join \(count)")
    }
    if node.when != nil { marks.append("when") }
    if node.optional { marks.append("optional") }
    if let circuit = node.circuit { marks.append("circuit \(DrawnText.clean(circuit))") }
    return marks
  }

  private static func details(of node: Node) -> [String] {
    var details: [String] = []
    if case .approval(let approval) = node.control {
      details.append("title: " + DrawnText.clean(approval.title))
    }
    if case .branch(let arms) = node.control {
      details += arms.map { "when: " + ($0.when.map(DrawnText.expression) ?? "otherwise") }
    }
    if let when = node.when { details.append("when: " + DrawnText.expression(when)) }
    switch node.repetition {
    case .map(let map): details.append("over: " + DrawnText.expression(map.over))
    case .loop(let loop):
      if let text = loop.whileTrue { details.append("while: " + DrawnText.expression(text)) }
      if let text = loop.until { details.append("until: " + DrawnText.expression(text)) }
    case nil: break
    }
    return details
  }
}
