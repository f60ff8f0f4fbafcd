import CEL

/// What an expression and a template cost, compiled once, over a document of one kilobyte. Needs no
/// database.
struct ExpressionBenchmark: Sendable {
  private static let rounds = 20_000

  static let document: [UInt8] = {
    let items = (0..<9).map {
      #"{"sku":"SKU-\#($0)","price":\#($0).25,"quantity":\#($0 + 1),"tags":["a","b"]}"#
    }
    var text =
      #"{"orderId":"A-1042","customer":{"id":77,"name":"Zoë Müller","vip":true},"kind":"x","#
      + #""total":1250.75,"note":"please ring \"twice\"","items":["# + items.joined(separator: ",")
      + #"],"address":{"street":"Main Street 5","city":"Berlin","zip":"10115"},"#
      + #""flags":{"gift":false,"express":true},"attempts":3,"padding":""#
    text += String(repeating: "p", count: max(0, 1022 - text.utf8.count)) + #""}"#
    return Array(text.utf8)
  }()

  private static let template = #"""
    {"url":"https://example.com/${{ input.orderId }}","body":{"customer":"${{ input.customer }}",
    "amount":"${{ input.total }}","city":"${{ input.address.city }}",
    "express":"${{ input.flags.express && input.attempts < 5 }}",
    "label":"Order ${{ input.orderId }} of ${{ input.customer.name }}"}}
    """#

  func run() throws -> BenchResult {
    let environment = CELEnvironment(["input", "nodes"])
    var bindings = CELBindings(environment)
    let document = try JSONDocument(Self.document)
    bindings["input"] = document.root
    bindings["nodes"] = .map(CELMap([("total", .int(1250)), ("order", document.root)]))
    let ready = bindings
    let condition = try environment.compile("nodes.total > 1000 && input.kind == 'x'")
    let sum = try environment.compile("nodes.order.items.map(i, i.price * i.quantity).sum()")
    let template = try environment.template(json: Array(Self.template.utf8))
    let cost = try Self.microseconds { _ = try condition.evaluate(ready) }
    return BenchResult(
      name: BenchCase.expressions.rawValue, workers: 1, value: cost, unit: "us a condition",
      more: [
        (
          "template_us",
          try Self.microseconds {
            // With reading the document, as the first template of a node does.
            var bindings = CELBindings(environment)
            bindings["input"] = try JSONDocument(Self.document).root
            _ = try template.evaluateJSON(bindings)
          }
        ),
        ("sum_of_9_us", try Self.microseconds { _ = try sum.evaluate(ready) }),
        (
          "scan_1kb_us", try Self.microseconds { _ = try JSONDocument(Self.document).bytes.count }
        ),
      ])
  }

  /// The best of several goes, a round.
  private static func microseconds(_ body: () throws -> Void) throws -> Double {
    var best = Duration.seconds(3600)
    for _ in 0..<7 {
      let begin = ContinuousClock.now
      for _ in 0..<rounds { try body() }
      best = min(best, ContinuousClock.now - begin)
    }
    return best / .microseconds(1) / Double(rounds)
  }
}
