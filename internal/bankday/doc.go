// Package bankday is the calendar of Brazilian banks, and the windows of dates
// that a sync reads. It is pure: every function takes and returns civil dates of
// São Paulo (statement.Date), none looks at a clock. All functions panic on a
// date that ParseDate would refuse, "" included.
//
// A banking day is Monday to Friday without the national bank holidays: those
// of FEBRABAN's and ANBIMA's national calendars. Decided here:
//
//   - Carnival Monday and Tuesday, Good Friday and Corpus Christi are no
//     national holidays by law, but no bank settles on them: not banking days.
//     Ash Wednesday, on which branches open at noon, is one.
//   - 20 November (Consciência Negra) is national only since Law 14.759/2023: from
//     2024 on. Before that it was a holiday of some cities and states.
//   - 24 and 31 December are banking days where they fall on one. On the last
//     one of the year branches are closed to the public, but money is settled,
//     entries are dated on it and ANBIMA counts it. Were this wrong for a bank,
//     the cost would be one sync that finds nothing new; the other way round a
//     day of entries would wait, and the balance of the wrong day be asked.
//   - Holidays of a state or city, and days on which only branches are closed,
//     do not count: Pix, boletos and the bank's dates go by the national calendar.
//
// A holiday that a law adds or takes away changes the list in holidays.go and
// Version, which is written on every run: so it can be told which calendar a
// run went by.
package bankday
