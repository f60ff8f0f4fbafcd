/// Why a redirect is not followed.
struct RedirectProblem: Error, Sendable {
  var code: String
  var message: String

  init(code: String, _ message: String) {
    self.code = code
    self.message = message
  }
}
