using System.CommandLine;
using NhiGrains.GraphQL.Access;
using NhiGrains.Host.Authentication;
using NhiGrains.Host.Policies;
using NhiGrains.Host.Settings;

namespace NhiGrains.Host.CommandLine;

/// <summary>Issues a token with the local key, on the machine that has it.</summary>
internal static class TokenCommand
{
    public static Command Create()
    {
        var options = new ServeOptions();
        var role = new Option<string[]>("--role") { HelpName = "ROLE", Description = $"What the bearer may do: {string.Join(", ", RoleNames.All)}. Can be repeated." };
        var subject = new Option<string?>("--subject") { HelpName = "NAME", Description = "Who it is. Default: the name of the user who runs this." };
        var identity = new Option<string?>("--identity") { HelpName = "ID", Description = "An identity's own token, to ask for itself." };
        var lifetime = new Option<string?>("--lifetime") { HelpName = "TIME", Description = "How long it is good for, as 30m or 8h. Default: 12h" };
        var command = new Command("token", "Issue a token with the signing key in the data folder, and print it.")
        {
            options.Config, options.Data, role, subject, identity, lifetime,
        };
        command.SetAction(parsed =>
        {
            var trust = SettingsReader.Read(options.Gather(parsed)).Tokens;
            var id = parsed.GetValue(identity);
            var name = parsed.GetValue(subject) ?? (id is null ? Environment.UserName : $"identity:{id}");
            var order = new TokenOrder(name, parsed.GetValue(role) ?? [], id, Lifetime(parsed.GetValue(lifetime)));
            parsed.InvocationConfiguration.Output.WriteLine(Issue(trust, order));
            return ExitCode.Ok;
        });
        return command;
    }

    private static string Issue(TokenTrust trust, TokenOrder order)
    {
        if (trust.Authority is not null)
            throw new SetupException($"Tokens come from {trust.Authority} here: get one there.");
        var token = new TokenIssuer(SigningKeyFile.LoadOrCreate(trust.KeyFile), trust, TimeProvider.System).Issue(order);
        return token.Refusal is { } refusal ? throw new SetupException($"{refusal.Message} {refusal.Remedy}") : token.Value;
    }

    private static TimeSpan Lifetime(string? text)
    {
        if (text is null)
            return TokenOrder.DefaultLifetime;
        var lifetime = Lifetimes.Parse(text);
        return lifetime.Refusal is { } refusal ? throw new SetupException($"{refusal.Message} {refusal.Remedy}") : lifetime.Value;
    }
}
