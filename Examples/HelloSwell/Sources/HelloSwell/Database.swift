import Foundation
import Swell

/// Where the runs are: `DATABASE_URL`, else what the `PG*` variables say.
enum Database {
  static var configuration: PostgresConfiguration {
    PostgresConfiguration(ProcessInfo.processInfo.environment["DATABASE_URL"])
  }
}
