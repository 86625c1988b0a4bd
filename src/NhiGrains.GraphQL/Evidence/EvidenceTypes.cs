using GraphQL.Types;
using NhiGrains.Contracts.Evidence;
using NhiGrains.Domain.Evidence;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Evidence;

internal sealed class EvidenceKindType() : DescribedEnum<EvidenceKind>("EvidenceKind", "What a requester can bring to show what it is.",
    (EvidenceKind.OidcToken, "An ID token of a CI system (OpenID Connect)."),
    (EvidenceKind.KubernetesToken, "A Kubernetes ServiceAccount token, issued for this server's audience."),
    (EvidenceKind.SpiffeSvid, "A SPIFFE JWT-SVID."),
    (EvidenceKind.Provenance, "A signed build provenance: an in-toto statement in a DSSE envelope, as JSON."),
    (EvidenceKind.ClientCertificate, "The X.509 certificate that the connection was made with (mutual TLS)."));

internal sealed class EvidenceInputType : DescribedInput<PresentedEvidence>
{
    public EvidenceInputType()
        : base("EvidenceInput", "Something that shows what the requester is. It is verified, and only what was verified is kept. Send it as a variable, not within the document.")
    {
        Take("kind", Of.One<EvidenceKindType>(), "What it is.");
        Take("trust", Of.Maybe<StringGraphType>(), "Who vouches for it, as the configuration calls it; may be left out when there is one for the kind, or its issuer tells.");
        Take("value", Of.Maybe<StringGraphType>(), "The token, or the envelope; left out for CLIENT_CERTIFICATE, which is taken from the connection.");
    }

    protected override PresentedEvidence Parse(Given given) => new(given.Get<EvidenceKind>("kind"), given.Find<string>("trust"), given.Find<string>("value"));
}

internal sealed class EvidenceType : Described<VerifiedEvidence>
{
    public EvidenceType()
        : base("Evidence", "Something that a requester brought and that was verified.")
    {
        Show("kind", Of.One<EvidenceKindType>(), "What it is.", evidence => evidence.Kind);
        Show("trust", Of.Text, "Who vouches for it, as the configuration calls it.", evidence => evidence.Trust);
        Show("subject", Of.Text, "Whom it is about, as its issuer calls it.", evidence => evidence.Subject);
        Show("claims", Of.Many<TagType>(), "What it says, by name; a list is its JSON.", evidence => TagType.List(evidence.Claims));
        Show("expiresAt", Of.Time, "When it stops counting.", evidence => evidence.ExpiresAt);
        Show("digest", Of.Text, "SHA-256 of the part of it that is signed.", evidence => evidence.Digest);
    }
}
