public import FoundationEssentials
public import Kubernetes

/// When a CronJob is due, in UTC.
/// Source: https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax
public struct CronSchedule: Hashable, Sendable {
    private let minutes: Set<Int>
    private let hours: Set<Int>
    private let days: Set<Int>
    private let months: Set<Int>
    private let weekdays: Set<Int>
    /// Where both are restricted, either one is enough.
    private let isEitherDay: Bool

    private static let macros = [
        "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0",
        "@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *",
    ]

    /// - Returns: nil where its times are not known in UTC.
    public init?(_ cron: CronJob.Spec) {
        self.init(cron.schedule)
        // Other zones differ by hours, which says nothing to one that is due in each of them.
        let isUTC = ["UTC", "Etc/UTC", "GMT"].contains(cron.timeZone ?? "UTC")
        guard isUTC || hours.count == 24 && days.count == 31 && weekdays.count == 7 && months.count == 12 else {
            return nil
        }
    }

    /// - Returns: nil for what is not understood.
    init?(_ text: String) {
        let fields = (Self.macros[text] ?? text).split(separator: " ").map(String.init)
        guard fields.count == 5, let minutes = Self.values(fields[0], 0...59),
            let hours = Self.values(fields[1], 0...23), let days = Self.values(fields[2], 1...31),
            let months = Self.values(fields[3], 1...12, Self.monthNames),
            let weekdays = Self.values(fields[4], 0...7, Self.dayNames)
        else { return nil }
        self.minutes = minutes
        self.hours = hours
        self.days = days
        self.months = months
        self.weekdays = Set(weekdays.map { $0 % 7 })
        isEitherDay = !fields[2].hasPrefix("*") && !fields[4].hasPrefix("*")
    }

    /// The first time it is due after the one and not after the other; looks a week ahead at most.
    public func due(after start: Date, until end: Date) -> Date? {
        var minute = Int((start.timeIntervalSince1970 / 60).rounded(.down)) + 1
        let last = min(Int((end.timeIntervalSince1970 / 60).rounded(.down)), minute + 7 * 24 * 60)
        while minute <= last {
            if isDue(minute) { return Date(timeIntervalSince1970: Double(minute) * 60) }
            minute += 1
        }
        return nil
    }

    private func isDue(_ minute: Int) -> Bool {
        guard minutes.contains(minute % 60), hours.contains(minute / 60 % 24) else { return false }
        let day = minute / (24 * 60)
        let (month, dayOfMonth) = Self.civil(day)
        // 1970 began on a Thursday.
        let (isDay, isWeekday) = (days.contains(dayOfMonth), weekdays.contains((day + 4) % 7))
        return months.contains(month) && (isEitherDay ? isDay || isWeekday : isDay && isWeekday)
    }

    /// Month and day of month from the days since 1970.
    /// Source: https://howardhinnant.github.io/date_algorithms.html#civil_from_days
    private static func civil(_ day: Int) -> (month: Int, day: Int) {
        let shifted = day + 719_468
        let dayOfEra = shifted % 146_097
        let year = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * year + year / 4 - year / 100)
        let part = (5 * dayOfYear + 2) / 153
        return (part < 10 ? part + 3 : part - 9, dayOfYear - (153 * part + 2) / 5 + 1)
    }

    private static let dayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
    private static let monthNames = [
        "", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]

    private static func values(_ field: String, _ range: ClosedRange<Int>, _ names: [String] = []) -> Set<Int>? {
        var values: Set<Int> = []
        for part in field.split(separator: ",", omittingEmptySubsequences: false) {
            let pieces = part.split(separator: "/", omittingEmptySubsequences: false)
            guard let span = pieces.first, pieces.count <= 2 else { return nil }
            let step = pieces.count == 2 ? Int(pieces[1]) ?? 0 : 1
            guard step > 0 else { return nil }
            let ends =
                span == "*" || span == "?"
                ? [range.lowerBound, range.upperBound]
                : span.split(separator: "-").compactMap { Int($0) ?? names.firstIndex(of: $0.lowercased()) }
            guard let low = ends.first, let end = ends.last, low <= end, range.contains(low), range.contains(end) else {
                return nil
            }
            // `5/15` runs to the end of the range.
            values.formUnion(
                stride(from: low, through: ends.count == 1 && pieces.count == 2 ? range.upperBound : end, by: step))
        }
        return values
    }
}
