/// One figure, beside its limit.
public struct BenchResult: Sendable {
  /// What was measured, such as `graph_1_3_1`.
  public var name: String
  /// How many worker processes, or clients for the enqueue cases.
  public var workers: Int
  public var value: Double
  public var unit: String
  /// The same rows by bare statements, in the same unit.
  public var limit: Double

  public var ratio: Double { limit > 0 ? value / limit : 0 }

  /// One JSON object on one line.
  public var json: String {
    func number(_ value: Double) -> String { String((value * 1000).rounded() / 1000) }
    return
      #"{"case": "\#(name)", "workers": \#(workers), "value": \#(number(value)), "unit": "\#(unit)", "limit": \#(number(limit)), "ratio": \#(number(ratio))}"#
  }
}
