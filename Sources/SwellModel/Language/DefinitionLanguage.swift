/// The keys of a definition, for the reader and for the JSON Schema that editors get.
///
/// What a key may hold beyond its shape, the reader says itself.
enum DefinitionLanguage {
  static let names = "^[a-z][a-z0-9_]{0,99}$"
  static let queues = "^[a-z][a-z0-9_.-]{0,99}$"
  private static let id = ValueShape.matching(names, what: "an id")
  private static let ids = ValueShape.either([id, .list(id, atLeast: 0)])
  private static let condition = ValueShape.expression(or: .flag)
  private static let text = ValueShape.text

  static let top = [
    DefinitionKey(
      "workflow", .matching(names, what: "a name"), "its name", isRequired: true),
    DefinitionKey(
      "queue", .matching(queues, what: "a name"), "the queue of its runs (default: default)"),
    DefinitionKey("input", .named("schema"), "the JSON Schema that the input of a run must fit"),
    DefinitionKey("output", .named("schema"), "the JSON Schema that the output of a run must fit"),
    DefinitionKey(
      "deadline", .duration, "how long a run may take, from its scheduled_at; such as 1h"),
    DefinitionKey(
      "concurrency", .whole(1...10_000), "nodes of one run in flight at a time (default: 100)"),
    DefinitionKey("defaults", .object(defaults), "for nodes that say nothing of their own"),
    DefinitionKey("nodes", .named("nodes"), "the nodes by their ids", isRequired: true),
    DefinitionKey(
      "onError", .either([.named("node"), id, .list(id, atLeast: 1)]),
      "what runs after a failure that nothing handled: an id, a list of ids, or a node written here"
    ),
  ]

  static let defaults = [
    DefinitionKey("timeout", .duration, "how long one attempt may take (default: 30s)"),
    DefinitionKey("retry", .named("retry"), "when a node that failed is tried again"),
  ]

  /// What makes a node a control node.
  static let controls = [
    DefinitionKey(
      "branch", .list(.named("arm"), atLeast: 1),
      "takes the first arm whose 'when' is true: a list such as [{when: ${{ … }}, then: [a]}]"),
    DefinitionKey("wait", .named("wait"), "waits for a time or a signal"),
    DefinitionKey("approval", .object(approval), "waits for somebody's yes or no"),
    DefinitionKey(
      "call", .either([.matching(names, what: "a name"), .object(call)]),
      "enqueues a run of another workflow and waits for its end"),
  ]

  /// The keys of a node beside that of its role.
  static let node = [
    DefinitionKey("with", .named("with"), "the settings of its kind"),
    DefinitionKey("input", .any, "an input of its own, any JSON with expressions"),
    DefinitionKey("needs", ids, "the nodes whose outputs it reads"),
    DefinitionKey(
      "join", .either([.choice(["all", "any"]), .whole(1...Int64(DefinitionReader.maxNodes))]),
      "when a node with needs is ready: all, any, or a number of them (default: all)"),
    DefinitionKey(
      "optional", .flag, "whether the run goes on when it has failed for good (default: false)"),
    DefinitionKey("retry", .named("retry"), "when it is tried again after a failure"),
    DefinitionKey("timeout", .duration, "how long one attempt may take"),
    DefinitionKey("fallback", id, "the node that stands in when it has failed for good"),
    DefinitionKey("circuit", .filledText, "the name of its circuit breaker"),
    DefinitionKey(
      "whenOpen", .choice(Node.WhenOpen.allCases.map(\.rawValue)),
      "what becomes of it while its circuit is open (default: wait)"),
    DefinitionKey("when", condition, "an expression; false skips the node"),
    DefinitionKey("then", ids, "the nodes that run only if it has succeeded"),
    DefinitionKey("otherwise", ids, "the nodes that run only if it said no"),
    DefinitionKey("map", .object(map), "executes it for each element of a list"),
    DefinitionKey("loop", .named("loop"), "executes it again and again"),
  ]

  /// The keys of a node that mean nothing for a control node: it executes nothing. What `call` starts is tried
  /// again and repeated like any other.
  static func keysNot(for control: String) -> [String] {
    control == "call"
      ? ["circuit"]
      : ["retry", "timeout", "fallback", "circuit", "optional", "input", "map", "loop"]
  }

  static let retry = [
    DefinitionKey(
      "strategy", .choice(RetryPolicy.Strategy.allCases.map(\.rawValue)),
      "how the delays grow (default: exponential)"),
    DefinitionKey(
      "maxRetries", .whole(0...1000), "how often; the first attempt does not count (default: 3)"),
    DefinitionKey("baseDelay", .duration, "exponential: the first delay (default: 100ms)"),
    DefinitionKey("delay", .duration, "fixed: the delay"),
    DefinitionKey("maxDelay", .duration, "exponential: no delay is longer (default: 60s)"),
    DefinitionKey(
      "multiplier", .number(1...100), "exponential: what a delay grows by (default: 2)"),
    DefinitionKey(
      "jitter", .choice(RetryPolicy.Jitter.allCases.map(\.rawValue)),
      "none, full (from nothing to the delay) or equal (from half of it) (default: none)"),
  ]

  /// The keys of a retry that mean something to a strategy.
  static func retryKeys(for strategy: RetryPolicy.Strategy) -> [String] {
    switch strategy {
    case .none: ["strategy"]
    case .fixed: ["strategy", "maxRetries", "delay", "jitter"]
    case .exponential:
      ["strategy", "maxRetries", "baseDelay", "maxDelay", "multiplier", "jitter"]
    }
  }

  static let map = [
    DefinitionKey(
      "over", .expression(or: nil), "an expression that gives a list", isRequired: true),
    DefinitionKey("concurrency", .whole(1...10_000), "items in flight at a time (default: 10)"),
    DefinitionKey(
      "onItemFailure", .choice(Repetition.OnItemFailure.allCases.map(\.rawValue)),
      "what becomes of it when an item has failed for good (default: fail)"),
    DefinitionKey(
      "spread", .flag, "whether each item is a run of its own, for all workers (default: false)"),
  ]

  static let loop = [
    DefinitionKey("while", condition, "an expression, looked at before each; false ends it"),
    DefinitionKey("until", condition, "an expression, looked at after each; true ends it"),
    DefinitionKey("maxIterations", .whole(1...10_000), "the most that it does (default: 100)"),
    DefinitionKey("delay", .duration, "between two"),
  ]

  static let wait = [
    DefinitionKey(
      "duration", .expression(or: .duration), "how long: 1h30m, or an expression"),
    DefinitionKey(
      "until", .expression(or: .filledText), "until then: 2027-01-31T09:00:00Z, or an expression"),
    DefinitionKey("signal", .matching(queues, what: "a name"), "the name of a signal"),
    DefinitionKey("timeout", .duration, "with signal: how long at most"),
  ]

  static let approval = [
    DefinitionKey("title", .filledText, "what is asked", isRequired: true),
    DefinitionKey("timeout", .duration, "how long the answer may take"),
  ]

  static let call = [
    DefinitionKey(
      "workflow", .matching(names, what: "a name"), "the name of another workflow",
      isRequired: true),
    DefinitionKey(
      "version", .whole(1...Int64(Int32.max)), "its version (default: the one that is current then)"
    ),
    DefinitionKey(
      "queue", .matching(queues, what: "a name"),
      "the queue of the run (default: that of the workflow)"),
    DefinitionKey("detach", .flag, "whether the run goes its own way (default: false)"),
  ]

  static let arm = [
    DefinitionKey("when", condition, "an expression: true takes this arm"),
    DefinitionKey("then", ids, "the nodes that it leads to"),
    DefinitionKey("otherwise", ids, "where it leads when no arm was taken; by itself, the last"),
  ]
}
