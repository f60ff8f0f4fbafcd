/// Why a command ends without doing what it was asked.
struct CommandFailure: Error, Sendable {
  /// What scripts see.
  enum Exit: Int32, Sendable {
    case no = 1
    case usage = 64
    case data = 65
    case unavailable = 69
    case software = 70
    case timedOut = 75
    case notAllowed = 77
  }

  var exit: Exit
  var code: String
  var message: String
  var remedy: String?

  init(_ exit: Exit, _ code: String, _ message: String, remedy: String? = nil) {
    self.exit = exit
    self.code = code
    self.message = message
    self.remedy = remedy
  }
}
