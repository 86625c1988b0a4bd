using NhiGrains.Platforms.Postgres.Compiling;
using NhiGrains.Platforms.Postgres.Objects;

namespace NhiGrains.Platforms.Postgres.Probing;

/// <summary>
/// What has to be asked to know that privileges mean what was desired: yes for all that is given; no for all that was just taken
/// away, and around it: the other privileges of the same object, and the same of a neighbour. Pure.
/// </summary>
internal static class Questions
{
    /// <summary>Of one object.</summary>
    private const int Siblings = 4;

    /// <param name="neighbours">Objects that exist, for each that is given: another in its schema, and one in another schema.</param>
    public static IEnumerable<Question> About(
        IReadOnlySet<Permission> given, IReadOnlySet<Permission> taken, IReadOnlyCollection<Permission> neighbours, IEnumerable<string> databases)
    {
        var yes = given.Select(permission => new Question(permission, Expected: true, "is granted"));
        var gone = taken.Where(permission => !given.Contains(permission)).Select(permission => new Question(permission, Expected: false, "was taken away"));
        var siblings = given.GroupBy(permission => permission.Object, StringComparer.Ordinal).SelectMany(same => Catalogue.GivablePrivileges(same.First().Kind)
            .Select(privilege => same.First() with { Privilege = privilege })
            .Where(permission => !given.Contains(permission))
            .Take(Siblings)
            .Select(permission => new Question(permission, Expected: false, "a sibling privilege")));
        var beside = neighbours.Where(permission => !given.Contains(permission)).Select(permission => new Question(permission, Expected: false, "a neighbouring object"));
        var elsewhere = given.Count == 0 ? [] : databases
            .Select(database => new Permission("database", database, "", "", "CONNECT"))
            .Where(permission => !given.Contains(permission))
            .Select(permission => new Question(permission, Expected: false, "another database"));
        return yes.Concat(gone).Concat(siblings).Concat(beside).Concat(elsewhere).DistinctBy(question => question.Permission);
    }
}
