"""Words by which a text is suspected to name somebody: small lists, English and Spanish.

What lives here: words alone, in lower case and without accents. What must not: the rules that use
them (`ccr.domain.identifying_text`). The lists are short on purpose: a name that is also a word, a
month or a place (Grace, April, Will, Troy, Esperanza) counts with a surname behind it alone,
because a warning that is wrong twice is not read a third time. Source: frequent given names and
surnames in the United States, chosen by us.
"""

from __future__ import annotations

GIVEN_NAMES: frozenset[str] = frozenset(
    """
    aaron abigail adam adriana aisha alan alejandra alejandro alexander alexandra alexis
    alice alicia allison amanda amelia amy ana andrea andres andrew angela angelica anita
    anna anne annie anthony antonia antonio araceli ariana arturo ashley barbara beatriz
    becky benjamin bernice beth bethany betty beverly bianca bonnie brandon brenda brian
    brianna brittany bruce bryan caitlin camila camille carla carlos carmen carol carolyn
    carrie catalina catherine cecilia cesar chelsea cheryl christian christina christine
    christopher claudia connie courtney cynthia dana daniel daniela danielle danny darlene
    david deborah debra denise dennis diana diane diego donald donna doris dorothy dylan
    eduardo edward eileen elaine eleanor elena elijah elizabeth ellen emily emma enrique
    eric erica erika ernesto esmeralda esteban esther ethan eugene eva evelyn fatima felicia
    felipe fernanda fernando francisco gabriel gabriela gabriella gary george gerald
    geraldine gilbert gina gladys gloria gonzalo graciela gregory guillermo gustavo hannah
    harold hassan heather hector heidi helen henry howard hugo ian ibrahim ignacio irene
    isabel isabella isaiah ivan jacob jacqueline jaime james jamie jane janet janice jared
    jason javier jean jeffrey jenna jennifer jeremy jerome jerry jesse jessica jill jimmy
    joan joanna joanne joaquin joel johanna john johnny jonathan jorge jose joseph josephine
    joshua joyce juan juana juanita judith judy julia julian juliana julie karen karina
    karla kate katherine kathleen kathryn kathy katie katrina kayla keisha keith kelly
    kelsey kenneth kevin kimberly krista kristen kristin kristina kyle larry latoya laura
    lauren laurie lawrence leah leonard leslie leticia liam lillian linda lisa lorena
    loretta lori lorraine louise lourdes lucia lucy luis luisa lydia lynn magdalena mandy
    manuel marcela marcia marco marcos margaret margarita maria mariah mariana maribel
    maricela marie mariela marilyn mario marisol marissa marjorie marlene marta martha
    martin mary mateo matthew maureen megan melanie melinda melissa meredith michael micheal
    michelle miguel mike miriam mohamed mohammed molly monica monique muhammad nadia nancy
    natalia natalie natasha nathan nicholas nicole nina noah noelia olga olivia omar oscar
    pablo pamela patricia patrick paul paula pauline pedro peggy peter philip phillip
    phyllis priscilla rachel rafael ramon ramona randy raquel raul raymond rebecca regina
    renee ricardo richard rita robert roberta roberto rocio rodrigo roger ronald rosalind
    rosario roxana ruben russell ryan sabrina salvador samantha samuel sandra sara sarah
    scott sean selena sergio shannon sharon sheila shelby shelly sherry shirley silvia sofia
    sonia sophia stacey stacy stefanie stephanie stephen steven susan susana suzanne sylvia
    tamara tammy tanya tara tatiana teresa theresa thomas tiffany timothy tina tonya tracy
    tyler valentina valeria valerie vanessa veronica vicente victoria vincent vivian walter
    wanda wendy whitney william xavier ximena yadira yesenia yolanda yvette yvonne zachary
    zoe
    """.split()
)
"""Given names that are hardly ever a word of their own."""

NAMES_THAT_ARE_WORDS: frozenset[str] = frozenset(
    """
    alba alma amber angel april art ash august austin autumn bill blanca carolina celeste chance
    charity charlotte chase chip consuelo cruz crystal dawn destiny dolores drew esperanza eve
    faith florence frank gene georgia ginger grace grant guadalupe holly hope iris ivy jack jackson
    jan jasmine jesus jordan joy june lily luz madison mark marina may mercedes mercy milagros nick
    norma olive paloma pat pearl penny pilar ray reina rich rob robin rod rosa rose ruby sierra
    soledad socorro sol summer ted tom troy victor violet virginia wade will
    """.split()
)
"""Given names that are words, months or places as well: they count with a surname behind them."""

SURNAMES: frozenset[str] = frozenset(
    """
    acosta aguilar alvarez anderson avila ayala baker barnes bennett brooks bryant butler
    cabrera calderon campbell campos cardenas carrillo castillo castro cervantes chavez
    clark collins contreras cooper cortez cruz davis delgado diaz dominguez edwards espinoza
    estrada evans fernandez figueroa flores foster fuentes garcia gomez gonzales gonzalez
    griffin guerrero gutierrez guzman harris hernandez herrera hughes jenkins jimenez
    johnson jones juarez kelly lopez maldonado marquez martinez medina mejia mendez mendoza
    miller miranda mitchell molina moore morales moreno munoz murphy navarro nelson nguyen
    nunez ochoa ortega ortiz pacheco padilla parker pena perez peterson phillips powell
    quinones ramirez ramos reed reyes richardson rios rivera roberts robinson rodriguez
    rogers rojas romero rosario ruiz salazar salinas sanchez sanders sandoval santiago
    santos serrano silva simmons smith solis sosa soto suarez taylor thomas thompson torres
    tran trujillo turner valdez vargas vasquez vazquez vega velasquez velez villanueva
    watson williams wilson wright zamora
    """.split()
)
"""Surnames; they count behind another word with a capital."""

INSTITUTIONS: frozenset[str] = frozenset(
    """
    academy agency aid alliance apartments area association avenida avenue barracks
    boulevard branch bridge building bureau cafe camp care casa center centre centro chapel
    church city clinic clinica coalition college committee community condado corte council
    county court department district division drive elementary escuela family farm
    federation field fire foundation fund group hall health heights high hills home hospital
    hostel hotel house housing hub iglesia inn institute junction justice juzgado kitchen
    law league legal library line lodge manor market medical ministries ministry mission
    museum network office oficina outreach pantry parish park partners place plaza point
    police precinct program programa project rescue resource resources road room safety
    school service services servicios shelter sheriff sociedad society square station street
    team temple theater tower towers town township trust unit united university valley
    village ward ymca ywca
    """.split()
)
"""Words that make what stands before them the name of a place or an agency."""

BEFORE_PLACES: frozenset[str] = frozenset(
    "san santa santo st ste saint sainte mount mt fort ft port lake new".split()
)
"""Words that make what stands behind them the name of a place."""

TITLES: frozenset[str] = frozenset(
    "mr mrs ms miss mx dr sr sra srta don dona senor senora senorita".split()
)

NOT_AFTER_A_TITLE: frozenset[str] = frozenset(
    """
    monday tuesday wednesday thursday friday saturday sunday january february march april may june
    july august september october november december english spanish street road appointment
    """.split()
)
"""Words with a capital that a title is no part of: "St. Thursday" is a typing error."""
