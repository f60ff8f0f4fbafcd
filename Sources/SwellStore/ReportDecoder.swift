import Foundation
import SwellPostgres

/// Decodes the few small JSON documents that the protocol returns.
enum ReportDecoder {
  static func decode<T: Decodable>(
    _ type: T.Type, _ json: [UInt8]?
  ) throws(PostgresError) -> T? {
    guard let json else { return nil }
    do {
      return try JSONDecoder().decode(type, from: Data(json))
    } catch {
      throw PostgresError(
        code: .decoding, "the database returned JSON that does not fit \(type): \(error)")
    }
  }
}
