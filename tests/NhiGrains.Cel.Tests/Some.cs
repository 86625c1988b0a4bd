namespace NhiGrains.Cel.Tests;

/// <summary>Shortcuts of these tests.</summary>
internal static class Some
{
    public static CelResult Evaluate(string expression, params (string Name, CelValue Value)[] attributes) =>
        Program(expression, attributes).Evaluate(attributes.ToDictionary(a => a.Name, a => a.Value));

    /// <summary>The program over attributes of the types that the values have, lists and maps being of dyn.</summary>
    public static CelProgram Program(string expression, params (string Name, CelValue Value)[] attributes)
    {
        var environment = new CelEnvironment(attributes.Select(a => new CelAttribute(a.Name, CelType.Of(a.Value))));
        var compiled = environment.Compile(expression);
        return compiled.IsOk
            ? compiled.Program
            : throw new InvalidOperationException($"{expression}: {string.Join("; ", compiled.Issues)}");
    }

    public static void Gives(string expected, string expression)
    {
        var result = Evaluate(expression);
        Assert.True(result.IsOk, $"{expression}: {result.Error}");
        Assert.Equal(expected, result.Value.ToString());
    }

    public static CelError Fails(CelErrorKind kind, string expression)
    {
        var result = Evaluate(expression);
        Assert.True(result.Error is not null, $"{expression} gives {result.Value}");
        Assert.Equal(kind, result.Error.Kind);
        return result.Error;
    }

    public static CelIssue Issue(string expression, params CelAttribute[] attributes) =>
        Assert.Single(new CelEnvironment(attributes).Compile(expression).Issues);
}
