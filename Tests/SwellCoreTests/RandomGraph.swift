import SwellCore
import SwellModel

/// A random workflow, and how each of its nodes behaves whenever it is executed.
struct RandomGraph {
  /// A node's attempts fail so many times with an error that may be retried, then end.
  struct Behaviour {
    var failures: Int
    var final: ErrorKind?
    /// How often another worker is found trying the circuit.
    var denials: Int
    /// Whether its circuit, if it has one, is open all the time.
    var isOpenForever: Bool
  }

  var workflow: Workflow
  var behaviours: [Behaviour]

  init(_ generator: inout SeededGenerator) {
    let count = Int.random(in: 1...40, using: &generator)
    // Positions are shuffled, so that the order of indices says nothing.
    let place = Array(0..<count).shuffled(using: &generator)
    var nodes = (0..<count).map {
      Node(id: "n\($0)", role: .handler, kind: "a")
    }
    var ordinary: [Int] = []
    var handlers: [Int] = []
    var withoutFallback: [Int] = []
    let needsMost = Int.random(in: 1...4, using: &generator)
    let failureRate = [0, 0, 0.05, 0.3][Int.random(in: 0..<4, using: &generator)]
    for step in 0..<count {
      let index = place[step]
      let sort = step == 0 ? 1 : Double.random(in: 0..<1, using: &generator)
      if sort < 0.15, let primary = withoutFallback.randomElement(using: &generator) {
        nodes[primary].fallback = index
        withoutFallback.removeAll { $0 == primary }
      } else {
        let isHandler = sort < 0.25
        let earlier = isHandler ? handlers : ordinary
        let wanted = Int.random(in: 0...needsMost, using: &generator)
        nodes[index].needs = Array(earlier.shuffled(using: &generator).prefix(wanted))
        if !nodes[index].needs.isEmpty {
          nodes[index].join = Self.join(nodes[index].needs.count, &generator)
        }
        nodes[index].optional = Double.random(in: 0..<1, using: &generator) < 0.3
        if isHandler { handlers.append(index) } else { ordinary.append(index) }
      }
      withoutFallback.append(index)
      if Bool.random(using: &generator) { nodes[index].kind = "b" }
      nodes[index].retry = Self.retry(&generator)
      if Double.random(in: 0..<1, using: &generator) < 0.15 {
        nodes[index].circuit = "c\(index)"
        nodes[index].whenOpen =
          Node.WhenOpen.allCases[Int.random(in: 0..<3, using: &generator)]
      }
    }
    workflow = Workflow(
      name: "random", concurrency: [1, 2, 5, 100][Int.random(in: 0..<4, using: &generator)],
      retry: Bool.random(using: &generator) ? .fixed(delay: .milliseconds(5), maxRetries: 1) : nil,
      nodes: nodes, onError: handlers)
    behaviours = (0..<count).map { _ in
      Behaviour(
        failures: max(0, Int.random(in: -4...4, using: &generator)),
        final: Double.random(in: 0..<1, using: &generator) < failureRate ? .validation : nil,
        denials: Int.random(in: 0...2, using: &generator),
        isOpenForever: Double.random(in: 0..<1, using: &generator) < failureRate)
    }
  }

  private static func join(_ count: Int, _ generator: inout SeededGenerator) -> Node.Join {
    switch Int.random(in: 0..<4, using: &generator) {
    case 0: .any
    case 1: .atLeast(Int.random(in: 1...count, using: &generator))
    default: .all
    }
  }

  private static func retry(_ generator: inout SeededGenerator) -> RetryPolicy? {
    let most = Int.random(in: 0...3, using: &generator)
    return switch Int.random(in: 0..<4, using: &generator) {
    case 0: RetryPolicy.none
    case 1: .fixed(delay: .milliseconds(most * 10), maxRetries: most, jitter: .full)
    case 2: .exponential(maxRetries: most, jitter: .equal)
    default: nil
    }
  }

  /// How an attempt ends: it depends on the node and on the attempt's place in the budget alone.
  func result(_ node: Int, attempt: Int) -> AttemptResult {
    let id = workflow.nodes[node].id
    let behaviour = behaviours[node]
    if attempt <= behaviour.failures {
      let kinds: [ErrorKind] = [.transport, .timeout, .io, .execution, .process, .rateLimited]
      return .failure(NodeError(kinds[(node + attempt) % kinds.count], id))
    }
    if let kind = behaviour.final { return .failure(NodeError(kind, id)) }
    return .success(Payload(json: "\"\(id)\""))
  }

  func policy(of node: Int, isFallback: Bool) -> RetryPolicy {
    if isFallback { return workflow.nodes[node].retry ?? .none }
    return workflow.nodes[node].retry ?? workflow.retry ?? .standard
  }
}
