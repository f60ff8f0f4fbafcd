public import SwellModel

/// A row of `swell.node` as a claim returns it.
public struct StoredNode: Sendable {
  public enum State: String, Sendable {
    case succeeded, failed, cancelled, skipped, retrying, waiting, pending
  }

  public var id: String
  public var item: Int
  public var iteration: Int
  public var state: State
  public var wave: Int
  public var attempt: Int
  public var retriesFrom: Int
  public var due: Moment?
  public var output: Payload?
  public var error: Payload?

  public init(
    id: String, item: Int = 0, iteration: Int = 0, state: State, wave: Int, attempt: Int,
    retriesFrom: Int, due: Moment?,
    output: Payload?, error: Payload?
  ) {
    self.id = id
    self.item = item
    self.iteration = iteration
    self.state = state
    self.wave = wave
    self.attempt = attempt
    self.retriesFrom = retriesFrom
    self.due = due
    self.output = output
    self.error = error
  }
}
