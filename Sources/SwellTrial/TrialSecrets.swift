import SwellCore
import SwellModel
import Synchronization

/// The secrets of a trial; what is asked for and not there is remembered.
final class TrialSecrets: SecretSource {
  private let secrets: [String: String]
  private let redactor: Redactor
  private let asked = Mutex<String?>(nil)

  init(_ secrets: [String: String]) {
    self.secrets = secrets
    redactor = Redactor(Array(secrets.values))
  }

  /// The first one that is missing.
  var missing: String? { asked.withLock { $0 } }

  func secret(_ name: String) throws(SecretProblem) -> String? {
    if let secret = secrets[name] { return secret }
    asked.withLock { $0 = $0 ?? name }
    return nil
  }

  func redacting(_ error: NodeError) -> NodeError { redactor.redacting(error) }
  func redacting(_ payload: Payload) -> Payload { redactor.redacting(payload) }
}
