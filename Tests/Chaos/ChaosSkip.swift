/// Why a case cannot run here: a tool or a right that this machine does not have.
struct ChaosSkip: Error {
  var reason: String

  init(_ reason: String) {
    self.reason = reason
  }
}
