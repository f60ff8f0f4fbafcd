import SwellModel

extension Workflow {
  /// A workflow in which nodes name each other by id.
  static func sketch(
    _ nodes: [Sketch], onError: [String] = [], concurrency: Int = 100,
    retry: RetryPolicy? = RetryPolicy.none
  ) -> Workflow {
    let index = Dictionary(
      nodes.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    return Workflow(
      name: "sketch", concurrency: concurrency, retry: retry,
      nodes: nodes.map { sketch in
        Node(
          id: sketch.id, role: .handler, kind: sketch.kind,
          needs: sketch.needs.compactMap { index[$0] }, join: sketch.join,
          optional: sketch.optional, retry: sketch.retry,
          fallback: sketch.fallback.flatMap { index[$0] },
          circuit: sketch.circuit, whenOpen: sketch.whenOpen)
      },
      onError: onError.compactMap { index[$0] })
  }

  struct Sketch {
    var id: String
    var kind = "log"
    var needs: [String] = []
    var join: Node.Join = .all
    var optional = false
    var retry: RetryPolicy?
    var fallback: String?
    var circuit: String?
    var whenOpen: Node.WhenOpen = .wait

    init(
      _ id: String, needs: [String] = [], kind: String = "log", join: Node.Join = .all,
      optional: Bool = false, retry: RetryPolicy? = nil, fallback: String? = nil,
      circuit: String? = nil, whenOpen: Node.WhenOpen = .wait
    ) {
      self.id = id
      self.kind = kind
      self.needs = needs
      self.join = join
      self.optional = optional
      self.retry = retry
      self.fallback = fallback
      self.circuit = circuit
      self.whenOpen = whenOpen
    }
  }
}
