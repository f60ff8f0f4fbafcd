import SwellPostgres

extension Row {
  func time(_ column: Int) throws(PostgresError) -> DatabaseTime {
    DatabaseTime(microseconds: try timestampMicroseconds(column))
  }

  func optionalTime(_ column: Int) throws(PostgresError) -> DatabaseTime? {
    isNull(column) ? nil : try time(column)
  }
}
