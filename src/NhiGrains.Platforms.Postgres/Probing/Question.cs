using NhiGrains.Platforms.Postgres.Objects;

namespace NhiGrains.Platforms.Postgres.Probing;

/// <summary>Whether the principal has a permission with all that it takes to use it, and the answer that is expected.</summary>
internal sealed record Question(Permission Permission, bool Expected, string Why)
{
    public override string ToString() => $"{Permission} ({Why})";
}

/// <param name="Others">Who gives it that is not ours, in words; empty when nobody does.</param>
internal sealed record Answer(bool Allowed, string Others);
