namespace NhiGrains.Domain.Risk;

/// <summary>A signal that somebody cleared, and for which there was no room any more: told again before its end, it is still no news.</summary>
public sealed record SettledRisk(string Key, DateTimeOffset EndsAt);
