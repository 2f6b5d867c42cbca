/// Five fields of cron: minute, hour, day of month, month, day of week; `*`, lists, ranges and steps.
struct CronSchedule: Hashable, Sendable {
    private let minutes: Set<Int>
    private let hours: Set<Int>
    private let days: Set<Int>
    private let months: Set<Int>
    private let weekdays: Set<Int>

    /// - Returns: nil for a text that is no schedule.
    init?(_ text: String) {
        let named = ["@hourly": "0 * * * *", "@daily": "0 0 * * *", "@weekly": "0 0 * * 0", "@monthly": "0 0 1 * *"]
        let fields = (named[text] ?? text).split(separator: " ").map(String.init)
        guard fields.count == 5, let minutes = Self.set(fields[0], 0...59), let hours = Self.set(fields[1], 0...23),
            let days = Self.set(fields[2], 1...31), let months = Self.set(fields[3], 1...12),
            let weekdays = Self.set(fields[4], 0...7)
        else { return nil }
        self.minutes = minutes
        self.hours = hours
        self.days = days
        self.months = months
        self.weekdays = weekdays
    }

    private static func set(_ field: String, _ range: ClosedRange<Int>) -> Set<Int>? {
        var values: Set<Int> = []
        for part in field.split(separator: ",") {
            let pieces = part.split(separator: "/").map(String.init)
            guard let first = pieces.first else { return nil }
            guard let step = pieces.count > 1 ? Int(pieces[1]) : .some(1), step > 0 else { return nil }
            var bounds = range
            if first != "*" {
                let ends = first.split(separator: "-").compactMap { Int($0) }
                guard let low = ends.first else { return nil }
                let high = ends.count > 1 ? ends[1] : (pieces.count > 1 ? range.upperBound : low)
                guard range.contains(low), range.contains(high), low <= high else { return nil }
                bounds = low...high
            }
            values.formUnion(stride(from: bounds.lowerBound, through: bounds.upperBound, by: step))
        }
        return values.isEmpty ? nil : values
    }

    /// The next time after `time`, seconds of the simulation; nil when none comes within a year.
    func next(after time: Double, _ world: World) -> Double? {
        var minute = Int((world.epoch + time) / 60) + 1
        for _ in 0..<527_040 {
            if matches(minute) { return Double(minute) * 60 - world.epoch }
            minute += 1
        }
        return nil
    }

    /// The last time at or before `time`, within a day.
    func latest(notAfter time: Double, _ world: World) -> Double? {
        var minute = Int((world.epoch + time) / 60)
        for _ in 0..<1440 {
            if matches(minute) { return Double(minute) * 60 - world.epoch }
            minute -= 1
        }
        return nil
    }

    private func matches(_ minute: Int) -> Bool {
        guard minutes.contains(minute % 60), hours.contains(minute / 60 % 24) else { return false }
        let day = minute / 1440
        let weekday = (day + 4) % 7
        guard weekdays.contains(weekday) || weekday == 0 && weekdays.contains(7) else { return false }
        guard days.count < 31 || months.count < 12 else { return true }
        let date = CivilDate(daysSince1970: day)
        return days.contains(date.day) && months.contains(date.month)
    }
}

/// A day of the calendar.
struct CivilDate: Hashable {
    let month: Int
    let day: Int

    /// Source: https://howardhinnant.github.io/date_algorithms.html#civil_from_days
    init(daysSince1970 days: Int) {
        let shifted = days + 719_468
        let ofEra = shifted - (shifted / 146_097) * 146_097
        let year = (ofEra - ofEra / 1460 + ofEra / 36524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * year + year / 4 - year / 100)
        let march = (5 * ofYear + 2) / 153
        day = ofYear - (153 * march + 2) / 5 + 1
        month = march < 10 ? march + 3 : march - 9
    }
}
