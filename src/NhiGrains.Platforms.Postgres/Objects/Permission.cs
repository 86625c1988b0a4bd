namespace NhiGrains.Platforms.Postgres.Objects;

/// <summary>One privilege on one object of a database: what a set gives.</summary>
/// <param name="Kind"><c>database</c>, <c>schema</c>, <c>table</c>, <c>sequence</c> or <c>function</c>.</param>
/// <param name="Schema">Empty for a database.</param>
/// <param name="Name">Empty for a database and a schema; a function's with the types of its arguments: <c>total:int4,text</c>.</param>
/// <param name="Privilege">As <c>aclexplode</c> spells it: <c>SELECT</c>.</param>
internal sealed record Permission(string Kind, string Database, string Schema, string Name, string Privilege)
{
    public string Object => (Schema.Length, Name.Length) switch
    {
        (0, 0) => $"{Kind} {Segment(Database)}",
        (0, _) => $"{Kind} {Segment(Database)}//{Plain(Name)}",
        (_, 0) => $"{Kind} {Segment(Database)}/{Segment(Schema)}",
        _ => $"{Kind} {Segment(Database)}/{Segment(Schema)}/{Plain(Name)}",
    };

    /// <summary>Equal exactly when the permission is.</summary>
    public string Text => $"{Privilege} on {Object}";

    /// <summary>From <see cref="Text"/> of a permission that was compiled.</summary>
    /// <exception cref="PlatformException">It is none.</exception>
    public static Permission Parse(string text)
    {
        if (text.Split(' ', 4) is not [var privilege, "on", var kind, var path])
            throw new PlatformException(PlatformError.Rejected, "The plan was not compiled for PostgreSQL.");
        var segments = path.Split('/', 3);
        return new(kind, segments[0], segments.ElementAtOrDefault(1) ?? "", segments.ElementAtOrDefault(2) ?? "", privilege);
    }

    public override string ToString() => Text;

    /// <summary>A name for texts in which white space parts one thing from the next. What can be asked for has neither, and stays as it is.</summary>
    public static string Plain(string name) => name.Replace("%", "%25", StringComparison.Ordinal).Replace(" ", "%20", StringComparison.Ordinal);

    private static string Segment(string name) => Plain(name).Replace("/", "%2F", StringComparison.Ordinal);
}
